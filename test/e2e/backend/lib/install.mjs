import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { withLock } from "./lock.mjs";
import { say, seconds } from "./log.mjs";
import { manifestDir, modulesDir, projectRoot, root, version } from "./paths.mjs";

const MANIFESTS = ["package.json", "package-lock.json"];

// Installs the packages of the lock file, unless they are installed, and those of an older version beside them.
export async function ensureInstalled() {
  await ensure("install", { from: root, to: root, modules: modulesDir });
  if (!version) return;
  await fs.access(manifestDir).catch(() => {
    throw new Error(`there is no folder for Medusa ${version} in versions/`);
  });
  await fs.mkdir(projectRoot, { recursive: true });
  for (const name of [...MANIFESTS, ".npmrc"]) {
    await fs.copyFile(path.join(name === ".npmrc" ? root : manifestDir, name), path.join(projectRoot, name));
  }
  await fs.cp(path.join(root, "medusa"), path.join(projectRoot, "medusa"), { recursive: true });
  await ensure(`install-${version}`, { from: manifestDir, to: projectRoot, modules: path.join(projectRoot, "node_modules") });
}

// Returns the version of Medusa that is installed.
export async function medusaVersion() {
  const manifest = path.join(projectRoot, "node_modules", "@medusajs", "medusa", "package.json");
  return JSON.parse(await fs.readFile(manifest, "utf8")).version;
}

async function ensure(lock, { from, to, modules }) {
  const stamp = path.join(modules, ".installed-from");
  const wanted = await fingerprint(from);
  if ((await readStamp(stamp)) === wanted) return;
  await withLock(lock, async () => {
    if ((await readStamp(stamp)) === wanted) return;
    const since = Date.now();
    say("installing the npm packages (once; well under a minute on most lines) …");
    await npmCi(to);
    await fs.writeFile(stamp, wanted);
    say(`installed in ${seconds(since)}`);
  });
}

async function fingerprint(dir) {
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}`);
  for (const name of MANIFESTS) hash.update(await fs.readFile(path.join(dir, name)));
  return hash.digest("hex");
}

async function readStamp(stamp) {
  return fs.readFile(stamp, "utf8").catch(() => null);
}

function npmCi(cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn("npm", ["ci", "--loglevel=error"], { cwd, stdio: ["ignore", 2, 2] });
    child.on("error", (error) => reject(new Error(`npm cannot be run: ${error.message}`)));
    child.on("exit", (code, signal) => (code === 0 ? resolve() : reject(new Error(`npm ci failed (${signal ?? `exit ${code}`})`))));
  });
}
