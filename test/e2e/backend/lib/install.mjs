import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { withLock } from "./lock.mjs";
import { say, seconds } from "./log.mjs";
import { modulesDir, root } from "./paths.mjs";

const stamp = path.join(modulesDir, ".installed-from");

// Installs the packages of the lock file, unless they are installed.
export async function ensureInstalled() {
  const wanted = await fingerprint();
  if ((await readStamp()) === wanted) return;
  await withLock("install", async () => {
    if ((await readStamp()) === wanted) return;
    const since = Date.now();
    say("installing the npm packages (once; well under a minute on most lines) …");
    await npmCi();
    await fs.writeFile(stamp, wanted);
    say(`installed in ${seconds(since)}`);
  });
}

async function fingerprint() {
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}`);
  for (const name of ["package.json", "package-lock.json"]) hash.update(await fs.readFile(path.join(root, name)));
  return hash.digest("hex");
}

async function readStamp() {
  return fs.readFile(stamp, "utf8").catch(() => null);
}

function npmCi() {
  return new Promise((resolve, reject) => {
    const child = spawn("npm", ["ci", "--loglevel=error"], { cwd: root, stdio: ["ignore", 2, 2] });
    child.on("error", (error) => reject(new Error(`npm cannot be run: ${error.message}`)));
    child.on("exit", (code, signal) => (code === 0 ? resolve() : reject(new Error(`npm ci failed (${signal ?? `exit ${code}`})`))));
  });
}
