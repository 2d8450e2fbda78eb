import type { JSX } from 'hono/jsx/jsx-runtime';

/** The sign of cancelkit. */
export function Logo(): JSX.Element {
  return (
    <svg
      width="18"
      height="18"
      viewBox="0 0 18 18"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      aria-hidden="true"
    >
      <circle cx="9" cy="9" r="7" />
      <path d="m4.2 13.8 9.6-9.6" />
    </svg>
  );
}

/** A sign beside something that needs attention. */
export function Warn(): JSX.Element {
  return <Icon path="M8 2 1.6 13.4h12.8L8 2Zm0 4.6v3.2m0 1.9v.1" />;
}

/** A sign beside something that is done. */
export function Tick(): JSX.Element {
  return <Icon path="m3 8.5 3.2 3.2L13 5" />;
}

function Icon({ path }: { readonly path: string }): JSX.Element {
  return (
    <svg
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={path} />
    </svg>
  );
}
