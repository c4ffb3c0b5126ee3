// Long names break after their dots, slashes and underscores: a phone has no place for them whole.

/** For markdown-it. */
export function breaks(markdown) {
  const plain = markdown.renderer.rules.code_inline;
  markdown.renderer.rules.code_inline = (...given) =>
    plain(...given).replace(/>([^<]+)</, (_, text) => `>${text.replaceAll(/(?<=\w[./_])(?=[a-zA-Z])/g, '<wbr>')}<`);
}
