import { useData, useRoute, withBase } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import { nextTick, onMounted, watch } from 'vue';
import './contrast.css';

/** VitePress's theme, and the diagrams of a page as soon as it is shown. */
export default {
  extends: DefaultTheme,
  setup() {
    const route = useRoute();
    const { isDark } = useData();
    onMounted(() => draw(isDark.value));
    watch(
      () => route.path,
      () => nextTick(() => draw(isDark.value)),
    );
  },
};

async function draw(dark) {
  const nodes = document.querySelectorAll('pre.mermaid:not([data-processed])');
  if (nodes.length === 0) return;
  const { default: mermaid } = await import(
    /* @vite-ignore */ `${location.origin}${withBase('/mermaid/mermaid.esm.min.mjs')}`
  );
  mermaid.initialize({
    startOnLoad: false,
    theme: dark ? 'dark' : 'neutral',
    // The dark theme's own background of these is too bright for their text.
    themeVariables: dark ? { edgeLabelBackground: '#3c3c3f' } : {},
  });
  await mermaid.run({ nodes });
}
