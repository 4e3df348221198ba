// Opens every page that `--format html` makes in a browser, and says what a reader would trip over.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [tools, folder, chosen] = process.argv.slice(2);
const require = createRequire(join(resolve(tools), "node_modules", "here.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const FLAGS =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
/// So many links and folds of a page are tried: a long page has the same ones again and again.
const MOST = 40;
const wrong = [];
let now = "";
const say = (text) => wrong.push(`${now}: ${text}`);

/// What runs in the page. Each function stands alone, because it is sent there as text.
const look = {
  structure() {
    const out = [];
    const all = (selector) => [...document.querySelectorAll(selector)];
    const at = (one) => one.outerHTML.slice(0, 100);
    if (document.documentElement.lang !== "en") out.push("no lang");
    if (!document.title) out.push("no title");
    const levels = all("h1,h2,h3,h4,h5,h6").map((one) => [Number(one.localName[1]), one.textContent]);
    if (levels.filter(([level]) => level === 1).length !== 1) out.push("not one h1");
    levels.reduce((before, [level, text]) => {
      if (level > before + 1) out.push(`h${level} after h${before}: ${text}`);
      if (!text.trim()) out.push(`an empty h${level}`);
      return level;
    }, 0);
    all("th:not([scope])").forEach((one) => out.push(`no scope: ${at(one)}`));
    all("table").forEach((one) => one.querySelector("th") || out.push(`no header: ${at(one)}`));
    all("a,button,summary,[tabindex='0']").forEach((one) => {
      if (!(one.getAttribute("aria-label") ?? one.textContent).trim()) out.push(`no name: ${at(one)}`);
    });
    all("a[href^='#']").forEach((one) => {
      if (!document.getElementById(one.hash.slice(1))) out.push(`leads nowhere: ${at(one)}`);
    });
    return out;
  },
  /// Text on its background, at least 4.5 to 1, what style sheets add to it too.
  contrast() {
    const number = (color) => color.match(/[\d.]+/g).map(Number);
    const light = (color) =>
      number(color).slice(0, 3).map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
        .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    const behind = (one) => {
      for (let own = one; own; own = own.parentElement) {
        const color = getComputedStyle(own).backgroundColor;
        const opaque = number(color)[3] ?? 1;
        if (opaque === 1) return color;
        if (opaque > 0) return "a color that is half transparent";
      }
      return "rgb(255, 255, 255)";
    };
    const found = new Map();
    const check = (one, style, text) => {
      const back = behind(one);
      if (!back.startsWith("rgb")) return found.set(`${one.className}: ${back}`, 0);
      const [more, less] = [light(style.color), light(back)].sort((a, b) => b - a);
      const ratio = (more + 0.05) / (less + 0.05);
      if (ratio < 4.5) found.set(`${one.localName}.${one.className} ${style.color} on ${back}`, `${ratio.toFixed(2)} "${text.slice(0, 30)}"`);
    };
    document.querySelectorAll("body *").forEach((one) => {
      if (!one.checkVisibility() || ["script", "style"].includes(one.localName)) return;
      const text = [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join("");
      if (text) check(one, getComputedStyle(one), text);
      for (const pseudo of ["::before", "::after"]) {
        const style = getComputedStyle(one, pseudo);
        if (!["none", "normal", '""'].includes(style.content)) check(one, style, style.content);
      }
    });
    return [...found].map(([what, ratio]) => `contrast ${ratio}: ${what}`);
  },
  /// What sticks out of the page, other than in a box that scrolls by itself.
  wide() {
    const most = document.documentElement.clientWidth;
    const out = [];
    if (document.documentElement.scrollWidth > most) out.push(`${document.documentElement.scrollWidth} px wide in ${most}`);
    document.querySelectorAll("main *, footer *").forEach((one) => {
      const scrolls = one.parentElement.closest(".wide");
      const boxed = scrolls && getComputedStyle(scrolls).overflowX !== "visible";
      const box = one.getBoundingClientRect();
      if (!boxed && box.width && box.right > most + 1) out.push(`sticks out by ${Math.round(box.right - most)}: ${one.outerHTML.slice(0, 80)}`);
      const style = getComputedStyle(one);
      if (["hidden", "clip"].includes(style.overflowX) && one.scrollWidth > one.clientWidth + 1) out.push(`is cut: ${one.outerHTML.slice(0, 80)}`);
    });
    return out.slice(0, 5);
  },
  folded() {
    return [...document.querySelectorAll("details")].filter((one) => !one.open).map((one) => one.outerHTML.slice(0, 80));
  },
};

async function evaluate(devtools, expression) {
  const answer = await devtools.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
  if (answer.exceptionDetails) throw new Error(JSON.stringify(answer.exceptionDetails).slice(0, 500));
  return answer.result.value;
}

/// Each fold is opened and closed by the mouse, by Enter and by the space bar.
async function folds(page) {
  const all = page.locator("summary:visible");
  for (let index = 0; index < Math.min(await all.count(), MOST); index++) {
    const one = all.nth(index);
    const open = () => one.evaluate((own) => own.parentElement.open);
    const name = () => one.innerText();
    const before = await open();
    for (const turn of [
      () => one.click({ position: { x: 4, y: 4 } }),
      async () => (await one.focus(), page.keyboard.press("Enter")),
    ]) {
      const was = await open();
      await turn();
      if ((await open()) === was) say(`does not fold: ${await name()}`);
    }
    await page.keyboard.press("Space");
    if ((await open()) === before) say(`the space bar does not fold: ${await name()}`);
    await page.keyboard.press("Space");
  }
}

/// Each link within the page leads to a place that is seen, and the keyboard goes on from there.
async function links(page) {
  const hrefs = await page.$$eval("main a[href^='#']", (all) => [...new Set(all.map((one) => one.getAttribute("href")))]);
  for (const href of hrefs.slice(0, MOST)) {
    await page.evaluate(() => document.querySelectorAll("main details").forEach((one) => (one.open = true)));
    const link = page.locator(`main a[href="${href}"]`).first();
    await link.focus();
    const target = page.locator(`[id="${href.slice(1)}"]`);
    // a fold around the place opens by itself, unless the link stands in it too
    await target.evaluate((own) => {
      const link = document.activeElement;
      for (let fold = own.closest("details"); fold; fold = fold.parentElement.closest("details")) {
        if (!fold.contains(link)) fold.open = false;
      }
    });
    await page.keyboard.press("Enter");
    const seen = await target.evaluate(async (own) => {
      for (let wait = 0; wait < 20; wait++) {
        const box = own.getBoundingClientRect();
        if (own.checkVisibility() && box.top >= -1 && box.top < innerHeight) return true;
        await new Promise((done) => setTimeout(done, 25));
      }
      return false;
    });
    if (!seen) say(`${href} is not seen after its link`);
    await page.keyboard.press("Tab");
    const onward = await target.evaluate((own) => {
      const active = document.activeElement;
      // behind the last stop it begins anew
      if (active === document.body || active.className === "skip") return true;
      return Boolean(own.compareDocumentPosition(active) & (Node.DOCUMENT_POSITION_FOLLOWING | Node.DOCUMENT_POSITION_CONTAINED_BY)) || own === active;
    });
    if (!onward) say(`after ${href} the keyboard is somewhere else`);
  }
}

/// The tab key goes through the page from the top to the end, and shows where it is.
async function order(page, url) {
  await page.goto("about:blank");
  await page.goto(url);
  await page.keyboard.press("Tab");
  if ((await page.evaluate(() => document.activeElement.className)) !== "skip") say("the first stop is not the link past the head");
  if (!(await page.evaluate(() => document.activeElement.getBoundingClientRect().left >= 0))) say("the first link is not seen with focus");
  await page.keyboard.press("Enter");
  if ((await page.evaluate(() => document.activeElement.id)) !== "report") say("the first link does not lead to the report");
  await page.evaluate(() => (window.stops = [document.activeElement]));
  for (let stop = 0; stop < 150; stop++) {
    await page.keyboard.press("Tab");
    const problem = await page.evaluate(() => {
      const [last, own] = [window.stops.at(-1), document.activeElement];
      if (own === document.body || own.className === "skip" || window.stops.includes(own)) return "end";
      window.stops.push(own);
      const style = getComputedStyle(own);
      if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 1) return `focus is not shown: ${own.outerHTML.slice(0, 80)}`;
      const forward = last.compareDocumentPosition(own) & (Node.DOCUMENT_POSITION_FOLLOWING | Node.DOCUMENT_POSITION_CONTAINED_BY);
      return forward ? "" : `the focus goes back: ${own.outerHTML.slice(0, 80)}`;
    });
    if (problem === "end") return;
    if (problem) say(problem);
  }
}

const profile = mkdtempSync(join(tmpdir(), "pages-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  headless: true,
  args: FLAGS.split(" "),
  viewport: { width: 1280, height: 900 },
});
try {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".html") && (!chosen || name === chosen)).sort()) {
    const started = Date.now();
    const url = pathToFileURL(resolve(folder, file)).href;
    const page = await browser.newPage();
    const devtools = await browser.newCDPSession(page);
    now = file;
    page.setDefaultTimeout(5000);
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && say(`console: ${message.text()}`));
    page.on("pageerror", (error) => say(`error: ${error.message}`));
    page.on("request", (request) => [url, "about:blank"].includes(request.url().split("#")[0]) || say(`asks for ${request.url()}`));
    for (const colorScheme of ["light", "dark"]) {
      now = `${file} (${colorScheme})`;
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.goto(url);
      for (const check of [look.structure, look.wide]) (await page.evaluate(check)).forEach(say);
      await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
      for (const check of [look.contrast, look.wide]) (await page.evaluate(check)).forEach(say);
      await evaluate(devtools, `${axe};0`);
      // a page of several reports has the same sections several times, each under the heading of its report
      const found = await evaluate(devtools, "axe.run(document, { rules: { 'landmark-unique': { enabled: false } }, resultTypes: ['violations'] }).then((all) => all.violations.map((one) => one.id + ': ' + one.help + ': ' + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 90)).join(' | ')))");
      found.forEach((text) => say(`axe: ${text}`));
      for (const width of [360, 768]) {
        now = `${file} (${colorScheme}, ${width} px)`;
        await page.setViewportSize({ width, height: 800 });
        for (const check of [look.wide, look.contrast]) (await page.evaluate(check)).forEach(say);
      }
    }
    now = file;
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(url);
    await folds(page);
    await links(page);
    await order(page, url);
    // A4 without its margins, at 96 px for an inch
    await page.reload();
    await page.emulateMedia({ media: "print", colorScheme: "light" });
    await page.setViewportSize({ width: 688, height: 1000 });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    now = `${file} (printed)`;
    for (const check of [look.folded, look.wide, look.contrast]) (await page.evaluate(check)).forEach((text) => say(text));
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    const pdf = await page.pdf({ path: join(folder, `${file}.pdf`), preferCSSPageSize: true });
    const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    if (!pages) say("is printed on no page");
    await page.close();
    console.log(`${file}: ${Math.round(readFileSync(join(folder, file)).length / 1000)} kB, ${pages} pages of A4, looked at in ${Date.now() - started} ms`);
  }
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
if (wrong.length) {
  console.error([...new Set(wrong)].join("\n"));
  process.exit(1);
}
