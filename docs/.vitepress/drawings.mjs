/** A markdown-it plugin: a fence of Mermaid becomes a place that the theme draws in, when somebody looks. */
export function drawings(markdown) {
  const { fence } = markdown.renderer.rules;
  markdown.renderer.rules.fence = (tokens, index, options, env, self) => {
    const { info, content } = tokens[index];
    if (info.trim() !== 'mermaid') return fence(tokens, index, options, env, self);
    return `<div class="mermaid" data-drawing="${encodeURIComponent(content)}"></div>\n`;
  };
}
