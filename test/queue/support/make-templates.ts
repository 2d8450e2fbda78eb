import { removeAbandoned } from '../../support/scratch-directory.ts';
import { makeTemplates } from './templates.ts';

removeAbandoned();
await makeTemplates();
