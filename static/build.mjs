// Builds the front end: node static/build.mjs --out DIR
// Names are not hashed: Django's manifest storage does that. NODE_PATH may point at node_modules elsewhere.
import { createRequire } from "node:module";
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src");
const modules = [
  ...(process.env.NODE_PATH ?? "").split(":").filter(Boolean).map((path) => resolve(path)),
  join(here, "..", "node_modules"),
];

/** Load a package from the first folder of `modules` that has it. */
function load(name) {
  for (const folder of modules) {
    try {
      return createRequire(join(folder, "..", "package.json"))(name);
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw new Error(`${name} is not installed in ${modules.join(" or ")}: run npm ci.`);
}

/** The file of an installed package. */
function installed(path) {
  for (const folder of modules) {
    try {
      return createRequire(join(folder, "..", "package.json")).resolve(path);
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND" && error.code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") throw error;
    }
  }
  throw new Error(`${path} is not installed in ${modules.join(" or ")}: run npm ci.`);
}

function outputFolder() {
  const index = process.argv.indexOf("--out");
  if (index < 0 || !process.argv[index + 1]) {
    throw new Error("Say where to write: node static/build.mjs --out DIR");
  }
  return resolve(process.argv[index + 1]);
}

const shared = {
  bundle: true,
  minify: true,
  legalComments: "eof",
  logLevel: "warning",
  nodePaths: modules,
  target: ["chrome123", "firefox125", "safari17.5"],
  loader: { ".woff2": "file" },
};

/**
 * Style sheets and scripts; fonts land in fonts/. Themes stand beside portal.css: an address in a custom property is
 * resolved from the sheet that uses it.
 */
async function bundles(out) {
  const esbuild = load("esbuild");
  const css = (names) => names.map((name) => join(source, `${name}.css`));
  await esbuild.build({
    ...shared,
    entryPoints: css(["portal"]),
    outdir: out,
    assetNames: "fonts/[name]",
  });
  await esbuild.build({ ...shared, entryPoints: css(["backoffice"]), outdir: out });
  await esbuild.build({
    ...shared,
    entryPoints: ["portal", "filling", "session", "backoffice", "builder"].map((name) =>
      join(source, `${name}.js`),
    ),
    outdir: out,
    format: "esm",
    legalComments: "none",
  });
  // For pages of others: one file that needs nothing beside it; the portal fills __GUICHET__ in (rooms/views/embed.py).
  await esbuild.build({
    ...shared,
    entryPoints: { embed: join(source, "embed", "room-calendar.js") },
    outdir: out,
    format: "esm",
    legalComments: "none",
    plugins: [{ name: "style sheets as texts", setup: (build) => build.onLoad({ filter: /\.css$/ }, text) }],
  });
  await esbuild.build({
    ...shared,
    entryPoints: Object.fromEntries(
      (await themes()).map((name) => [`theme-${name}`, join(source, "themes", `${name}.css`)]),
    ),
    outdir: out,
    assetNames: "fonts/[name]",
    external: ["*.svg"],
  });
}

/** A style sheet, made small, as a text that a script holds. */
async function text({ path }) {
  const sheet = await load("esbuild").transform(await readFile(path, "utf8"), { loader: "css", minify: true, target: shared.target });
  return { contents: sheet.code, loader: "text" };
}

async function themes() {
  const files = await readdir(join(source, "themes"));
  return files.filter((file) => file.endsWith(".css")).map((file) => file.slice(0, -4));
}

/** One sprite with the icons named in icons.txt; ids are Lucide's names. */
async function sprite(out) {
  const names = (await readFile(join(source, "icons.txt"), "utf8")).split(/\s+/).filter(Boolean);
  const folder = join(dirname(installed("lucide-static/package.json")), "icons");
  const symbols = await Promise.all(
    [...new Set(names)].sort().map(async (name) => {
      const svg = await readFile(join(folder, `${name}.svg`), "utf8");
      const body = svg.replace(/<!--[\s\S]*?-->/g, "").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
      const shapes = body.replace(/\s+/g, " ").replace(/ ?\/>/g, "/>").replace(/> </g, "><").trim();
      return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
    }),
  );
  const note = "<!-- Lucide, ISC licence -->";
  await writeFile(
    join(out, "icons.svg"),
    `<svg xmlns="http://www.w3.org/2000/svg">${note}${symbols.join("")}</svg>\n`,
  );
}

/** Pictures go to images/, the pictures of a theme beside its sheet. */
async function images(out) {
  await mkdir(join(out, "images"), { recursive: true });
  for (const [folder, target] of [["images", join(out, "images")], ["themes", out]]) {
    for (const file of await readdir(join(source, folder))) {
      if (/\.(svg|png|webp)$/.test(file)) await copyFile(join(source, folder, file), join(target, file));
    }
  }
}

const out = outputFolder();
await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await Promise.all([bundles(out), sprite(out), images(out)]);
