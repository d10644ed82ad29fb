// Postgres refuses to run as root. Under root it runs as the account nobody, which every system has. That account can't read
// root's home directory, so all files of Postgres are below a directory that every account may pass through.
import { execFileSync } from "node:child_process";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";

const ANYONE_MAY_PASS = 0o001;

export const isRoot = process.getuid?.() === 0;
export const account = isRoot ? lookUp("nobody") : null;

// Options for spawn: the account that the child runs as.
export const spawnAs = account ? { uid: account.uid, gid: account.gid } : {};

function lookUp(name) {
  const id = (flag) => Number(execFileSync("id", [flag, name], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

export async function isReachable(target) {
  for (let dir = path.resolve(target); ; dir = path.dirname(dir)) {
    if (!((await fs.stat(dir)).mode & ANYONE_MAY_PASS)) return false;
    if (dir === path.dirname(dir)) return true;
  }
}

// Makes a new directory for one run.
export async function makeRunDir() {
  const base = isRoot && !(await isReachable(os.tmpdir())) ? "/tmp" : os.tmpdir();
  const dir = await fs.mkdtemp(path.join(base, "medusa-backend-"));
  if (isRoot) await fs.chmod(dir, 0o711);
  return dir;
}

export async function handOver(dir) {
  if (!account) return;
  await fs.chown(dir, account.uid, account.gid);
  for (const entry of await fs.readdir(dir, { recursive: true })) {
    await fs.lchown(path.join(dir, entry), account.uid, account.gid);
  }
}
