import { makeTemplates } from './templates.ts';

await makeTemplates();
