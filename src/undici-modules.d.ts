// The module of undici that cancelkit loads, which has no declarations of its own.
declare module 'undici/lib/dispatcher/agent.js' {
  import { Agent } from 'undici';
  export default Agent;
}
