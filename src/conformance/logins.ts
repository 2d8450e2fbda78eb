import { reply } from './answers.ts';
import type { Responder, SeenRequest } from './loopback.ts';
import type { ConformanceAnswer, ConformanceLogin, ConformanceSubject } from './subject.ts';

/** How a server answers the logins of a trial. `index` counts the requests of logins from 0. */
export type LoginResponder = (login: ConformanceLogin, index: number) => ConformanceAnswer;

/** Grants a new token with each login. */
export const granting: LoginResponder = (login, index) => {
  const steps = login.granted('').length;
  const answers = login.granted(tokenOf(login, Math.floor(index / steps)));
  return answers[index % steps] ?? answers[0];
};

/** The token that a login is granted, by its number from 0. */
export function tokenOf({ tokenOf: own }: ConformanceLogin, number: number): string {
  // With characters that encodings write differently.
  return own === undefined ? `conformance.token~${number}+7/Q_ui83kd02mf` : own(number);
}

/** Every secret of a subject: its own, and the token of the first login. */
export function secretsOf({ login, secrets }: ConformanceSubject): readonly string[] {
  const token = login === undefined ? '' : tokenOf(login, 0);
  return token === '' ? secrets : [...secrets, token];
}

/**
 * How often a request is sent if it is answered with this status: a second time if a new login obtains another token.
 */
export function timesAfter({ login }: ConformanceSubject, status: number): number {
  return status === 401 && login !== undefined && !learnsTheClockAlone(login) ? 2 : 1;
}

/** Whether a login grants no token. */
export function learnsTheClockAlone(login: ConformanceLogin): boolean {
  return tokenOf(login, 0) === '';
}

/** Answers logins apart from what else a server is asked. */
export function besidesLogins(
  subject: ConformanceSubject,
  respond: Responder,
  logins: SeenRequest[],
  answer: LoginResponder,
): Responder {
  const { login } = subject;
  if (login === undefined) return respond;
  return (response, index, request) => {
    if (login.isLogin(request)) {
      logins.push(request);
      reply(response, answer(login, logins.length - 1));
    } else respond(response, index - logins.length, request);
  };
}
