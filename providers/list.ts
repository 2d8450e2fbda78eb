/** The providers of the package, one line each: for the command line and the sandbox. */
export * from './edis/sandbox.ts';
export * from './vpsbg/sandbox.ts';
export * from './hosting/sandbox.ts';
export * from './whmcs/sandbox.ts';
export * from './mittwald/sandbox.ts';
export * from './ovh/sandbox.ts';
