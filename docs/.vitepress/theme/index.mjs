import { useData, useRoute } from 'vitepress';
import theme from 'vitepress/theme-without-fonts';
import { nextTick, onMounted, watch } from 'vue';
import './look.css';

// As the text around them, because drawings are measured by it.
const fontFamily = "system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', sans-serif";

/** Draws what drawings.mjs left on the page, one after the other: two at once get in each other's way. */
async function draw(isDark) {
  const places = [...document.querySelectorAll('[data-drawing]')];
  if (places.length === 0) return;
  const { default: mermaid } = await import('mermaid');
  mermaid.initialize({ startOnLoad: false, theme: isDark ? 'dark' : 'default', fontFamily });
  for (const [index, place] of places.entries()) {
    const { svg } = await mermaid.render(`drawing-${index}`, decodeURIComponent(place.dataset.drawing));
    place.innerHTML = svg;
  }
}

export default {
  ...theme,
  setup() {
    const route = useRoute();
    const { isDark } = useData();
    let last = Promise.resolve();
    const drawAgain = () => {
      last = last.then(() => draw(isDark.value)).catch(reportError);
    };
    onMounted(drawAgain);
    watch([() => route.path, isDark], () => void nextTick(drawAgain));
  },
};
