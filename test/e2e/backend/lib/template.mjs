// The template is the seeded database. It is made once; each run works on a copy.
import { createHash, randomBytes } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { Instance } from "./instance.mjs";
import { withLock } from "./lock.mjs";
import { say, seconds } from "./log.mjs";
import { cacheDir, manifestDir, root, version } from "./paths.mjs";
import { newPassword } from "./postgres.mjs";

// The files that the content of the database depends on.
const SOURCES = ["medusa", "seed", "lib/postgres.mjs"];

export async function ensureTemplate(onInstance) {
  const name = `template-${(await fingerprint()).slice(0, 16)}`;
  const dir = path.join(cacheDir, name);
  if (!(await exists(dir))) {
    await withLock(version ? `template-${version}` : "template", async () => {
      if (!(await exists(dir))) await build(dir, onInstance);
    });
  }
  const info = JSON.parse(await fs.readFile(path.join(dir, "info.json"), "utf8"));
  return { dataDir: path.join(dir, "data"), ...info };
}

async function build(dir, onInstance) {
  const since = Date.now();
  say("making the seeded database (once, about a minute) …");
  const password = newPassword();
  const instance = await Instance.open({ password });
  onInstance(instance);
  try {
    await instance.postgres.create();
    await instance.startPostgres();
    await instance.postgres.createDatabase();
    // The schema gets the columns of the optional features, and the seed uses them, so that Medusa can be started
    // with them or, as is its default, without.
    const settings = { optionalFeatures: !version };
    const medusa = instance.useMedusa();
    await medusa.migrate(settings);
    const admin = { email: "admin@example.com", password: "admin-password", apiToken: randomBytes(16).toString("hex") };
    await medusa.start(settings, { admin });
    const { seed } = await import(version ? "../seed/reduced.mjs" : "../seed/index.mjs");
    let seeded;
    try {
      seeded = await seed({ url: medusa.url, databaseUrl: instance.postgres.url(), admin });
    } catch (error) {
      throw new Error(`the seed failed: ${error.stack}\n--- the end of Medusa's log:\n${medusa.log()}`);
    }
    await medusa.stop();
    await instance.postgres.stop();
    await keep(dir, instance.postgres.dataDir, { password, seeded: { admin, ...seeded } });
  } finally {
    await instance.stop();
    onInstance(null);
  }
  say(`made the seeded database in ${seconds(since)}`);
}

async function keep(dir, dataDir, info) {
  const partial = `${dir}.partial`;
  await fs.rm(partial, { recursive: true, force: true });
  await fs.cp(dataDir, path.join(partial, "data"), { recursive: true });
  await fs.writeFile(path.join(partial, "info.json"), JSON.stringify(info, null, 2), { mode: 0o600 });
  await fs.rename(partial, dir);
  await removeOthers(dir);
}

// Removes older templates, but for the last one, which another run may be copying.
async function removeOthers(dir) {
  const others = [];
  for (const name of await fs.readdir(cacheDir)) {
    const other = path.join(cacheDir, name);
    if (name.startsWith("template-") && other !== dir) others.push({ other, made: (await fs.stat(other)).mtimeMs });
  }
  others.sort((a, b) => b.made - a.made);
  for (const { other } of others.slice(1)) await fs.rm(other, { recursive: true, force: true });
}

async function fingerprint() {
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}`);
  for (const source of [path.join(manifestDir, "package-lock.json"), ...SOURCES.map((name) => path.join(root, name))]) {
    for (const file of await filesBelow(source)) {
      hash.update(path.relative(root, file)).update("\0").update(await fs.readFile(file)).update("\0");
    }
  }
  return hash.digest("hex");
}

async function filesBelow(target) {
  if ((await fs.stat(target)).isFile()) return [target];
  const entries = await fs.readdir(target, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.path, entry.name))
    .sort();
}

async function exists(target) {
  return fs.access(target).then(() => true, () => false);
}
