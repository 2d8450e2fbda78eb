/** The providers of the package, one line each: for the command line and the sandbox. */
export * from './edis/sandbox.ts';
export * from './vpsbg/sandbox.ts';
export * from './hosting/sandbox.ts';
export * from './whmcs/sandbox.ts';
export * from './mittwald/sandbox.ts';
export * from './contabo/sandbox.ts';
export * from './hetzner/sandbox.ts';
export * from './hostbill/sandbox.ts';
export * from './leaseweb/sandbox.ts';
export * from './ovh/sandbox.ts';
