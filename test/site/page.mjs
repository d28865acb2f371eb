// What is asked of a page. These functions run inside it, among things that nothing else of the project knows the
// types of, so they are not checked for theirs.

/**
 * @typedef {object} Look
 * @property {string[]} ids what a link's fragment can name
 * @property {string[]} links addresses of links
 * @property {string[]} images sources of images that show nothing
 * @property {number} tooWide pixels by which the page is wider than the window
 */

/** @returns {Look} */
export function look() {
  const all = (/** @type {string} */ selector) => [...document.querySelectorAll(selector)];
  const images = /** @type {HTMLImageElement[]} */ (all('img'));
  const links = /** @type {HTMLAnchorElement[]} */ (all('a[href]'));
  return {
    ids: all('[id]').map((element) => element.id),
    links: [...new Set(links.map((link) => link.href))],
    images: images.filter((image) => image.naturalWidth === 0).map((image) => image.src),
    tooWide: document.documentElement.scrollWidth - window.innerWidth,
  };
}

/**
 * Texts that are hard to read on what lies behind them, by the contrast of WCAG 2.
 * @param {number} least
 * @returns {string[]}
 */
export function faintTexts(least) {
  /** @param {string} colour as computed: `rgb(1, 2, 3)` or `rgba(1, 2, 3, 0.5)` */
  const channels = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  /** @param {number[]} colour */
  const luminance = (colour) => {
    const [r = 0, g = 0, b = 0] = colour.map((channel) => {
      const part = channel / 255;
      return part <= 0.039_28 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  /** @param {Element | null} element @returns {number[]} */
  const behind = (element) => {
    if (element === null) return [255, 255, 255];
    const colour = channels(getComputedStyle(element).backgroundColor);
    return (colour[3] ?? 1) < 0.5 ? behind(element.parentElement) : colour;
  };
  /** @type {Set<string>} */
  const faint = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.textContent?.trim() ?? '';
    if (text === '' || element === null || !element.checkVisibility()) continue;
    const [a, b] = [channels(getComputedStyle(element).color), behind(element)].map(luminance);
    const [light, dark] = [Math.max(a ?? 0, b ?? 0), Math.min(a ?? 0, b ?? 0)];
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < least) faint.add(`${contrast.toFixed(1)}: ${text.slice(0, 40)}`);
  }
  return [...faint];
}
