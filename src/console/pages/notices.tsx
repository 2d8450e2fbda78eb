import { Notice, renderPage } from './layout.tsx';

/** The page for those who are not let in. */
export function refusedPage(basePath: string): string {
  return renderPage(
    <Notice basePath={basePath} title="You are not signed in here">
      <p>
        Sign in first. If this is <code>cancelkit queue ui</code>, open the address that it printed.
      </p>
      <p>
        <a href={`${basePath}/`}>Try again</a>
      </p>
    </Notice>,
  );
}

/** The page for what could not be done. */
export function failedPage(basePath: string, text: string): string {
  return renderPage(
    <Notice basePath={basePath} title="That did not work">
      <p>{text}</p>
      <p>
        <a href={`${basePath}/`}>To the list</a>
      </p>
    </Notice>,
  );
}
