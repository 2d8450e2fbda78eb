/** Ends the message of an internal fault. The address itself is in one place only: `bugs` in package.json. */
export const REPORT_IT = 'Please report it, as SECURITY.md of the cancelkit package describes.';
