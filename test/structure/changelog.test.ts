import { describe, expect, it } from 'vitest';
import { manifest } from '../../scripts/manifest.ts';
import { textOf } from './source-tree.ts';

const SECTIONS = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];

const [, ...versions] = textOf('CHANGELOG.md').split(/^## /m);

describe('the changelog', () => {
  it('begins with what is not released, and then names the version of the package with its date', () => {
    const [unreleased, latest] = versions.map((version) => version.split('\n', 1)[0]);
    expect(unreleased).toBe('Unreleased');
    expect(latest).toMatch(new RegExp(`^${manifest.version.replaceAll('.', '\\.')} - \\d{4}-\\d{2}-\\d{2}$`));
  });

  it.each(versions.map((version) => [version.split('\n', 1)[0], version]))(
    '%s has each section at most once, in the usual order, and none is empty',
    (_, version = '') => {
      const [, ...sections] = version.split(/^### /m);
      const titles = sections.map((section) => section.split('\n', 1)[0] ?? '');
      expect(titles).toEqual(SECTIONS.filter((title) => titles.includes(title)));
      expect(sections.filter((section) => !section.includes('\n- '))).toEqual([]);
    },
  );

  it('says nothing twice, and each change in one line', () => {
    const lines = versions.flatMap((version) => version.split('\n').filter((line) => line.startsWith('- ')));
    expect(lines.filter((line, index) => lines.indexOf(line) !== index)).toEqual([]);
    const other = versions
      .flatMap((version) => version.split(/^### /m).slice(1))
      .flatMap((section) => section.split('\n').slice(1));
    expect(other.filter((line) => line !== '' && !line.startsWith('- '))).toEqual([]);
  });
});
