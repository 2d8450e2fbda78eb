/** What the pages run in a browser. A comfort: every page works without it. */
export const SCRIPT: string = String.raw`
const rows = () => [...document.querySelectorAll('.row-link')];
const isTyping = () => {
  const { activeElement: at } = document;
  return /^(INPUT|TEXTAREA|SELECT)$/.test(at?.tagName ?? '') && !/^(radio|checkbox)$/.test(at.type);
};
let row = -1;
addEventListener('keydown', (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey) return;
  if (event.key === 'Escape') return document.activeElement?.blur();
  if (isTyping()) return;
  const step = { j: 1, k: -1 }[event.key];
  if (step !== undefined && rows().length > 0) {
    row = Math.min(Math.max(row + step, 0), rows().length - 1);
    rows()[row].focus();
  } else if (event.key === '/') document.querySelector('input[type=search]')?.focus();
  else if (event.key === 'x') rows()[row]?.closest('tr').querySelector('input[type=checkbox]')?.click();
  else if (event.key === '?') document.querySelector('#keys')?.showModal();
  else if (event.key === 'u') document.querySelector('[data-up]')?.click();
  else if (event.key === 'd') document.querySelector('.choice input')?.focus();
  else return;
  event.preventDefault();
});

const localTimes = () => {
  for (const time of document.querySelectorAll('time[datetime]')) time.title = new Date(time.dateTime).toLocaleString();
};
localTimes();
document.addEventListener('change', ({ target }) => {
  if (target.matches('[data-submits]')) target.form.requestSubmit();
});

// Fresh rows every five seconds, unless the operator is in the middle of something.
const isBusy = () =>
  document.hidden || isTyping() || document.querySelector('dialog[open], [data-live] :checked:is([type=checkbox])') !== null;
const live = document.querySelector('[data-live]');
if (live) setInterval(async () => {
  if (isBusy()) return;
  const answer = await fetch(location.href).catch(() => undefined);
  document.querySelector('#stale').hidden = answer?.ok === true;
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = page.querySelector('[data-live]');
  if (fresh === null || isBusy() || fresh.innerHTML === live.innerHTML) return;
  live.innerHTML = fresh.innerHTML;
  document.title = page.title;
  localTimes();
  if (row >= 0) rows()[row]?.focus();
}, 5000);
`;
