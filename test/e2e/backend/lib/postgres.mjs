import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { freePort } from "./ports.mjs";
import { stopChild } from "./stopchild.mjs";
import { Tail } from "./tail.mjs";
import { handOver, spawnAs } from "./unprivileged.mjs";

const run = promisify(execFile);

const USER = "medusa";
const DATABASE = "medusa";
const TRIES = 5;
const START_MS = 120_000;

// The data is deleted after the run, so nothing waits for a disk.
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_connections: "200",
  timezone: "UTC",
  log_timezone: "UTC",
};

const environment = { PATH: process.env.PATH, LC_ALL: "C", LANG: "C", TZ: "UTC" };

export class Postgres {
  #bin;
  #runDir;
  #child;
  #tail;
  #settings = { ...SETTINGS };
  port;

  constructor({ bin, runDir, password }) {
    this.#bin = bin;
    this.#runDir = runDir;
    this.password = password;
    this.dataDir = path.join(runDir, "data");
  }

  get pid() {
    return this.#child?.pid;
  }

  url(database = DATABASE) {
    return `postgres://${USER}:${this.password}@127.0.0.1:${this.port}/${database}?sslmode=disable`;
  }

  // create makes a new, empty cluster.
  async create() {
    await fs.mkdir(this.dataDir, { mode: 0o700 });
    const passwordFile = path.join(this.#runDir, "password");
    await fs.writeFile(passwordFile, this.password, { mode: 0o644 });
    await handOver(this.dataDir);
    const args = ["-D", this.dataDir, "-U", USER, "-A", "scram-sha-256", "--pwfile", passwordFile, "-E", "UTF8", "--no-locale", "--no-sync", "--no-instructions"];
    await run(path.join(this.#bin, "initdb"), args, this.#spawnOptions());
    await fs.rm(passwordFile);
  }

  // copyFrom makes a cluster from a copy. Its plans do not change during the run, and with them the order of rows that no query
  // orders: the copy was analyzed.
  async copyFrom(dir) {
    this.#settings.autovacuum = "off";
    await fs.cp(dir, this.dataDir, { recursive: true });
    await fs.chmod(this.dataDir, 0o700);
    await handOver(this.dataDir);
  }

  // start starts the server and calls onSpawn with its process before it can fail.
  async start(onSpawn) {
    for (let attempt = 1; ; attempt++) {
      this.port = await freePort();
      this.#tail = new Tail(path.join(this.#runDir, "postgres.log"));
      try {
        await this.#startOnce(onSpawn);
        return;
      } catch (error) {
        await this.stop();
        const portTaken = this.#tail.last().includes("could not bind");
        if (!portTaken || attempt === TRIES) throw error;
      }
    }
  }

  #startOnce(onSpawn) {
    return new Promise((resolve, reject) => {
      const settings = Object.entries(this.#settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
      const args = ["-D", this.dataDir, "-p", String(this.port), ...settings];
      // It has its own process group, as a Ctrl-C in the terminal must not end it before Medusa.
      const child = spawn(path.join(this.#bin, "postgres"), args, { ...this.#spawnOptions(), detached: true, stdio: ["ignore", "ignore", "pipe"] });
      this.#child = child;
      const fail = (why) => reject(new Error(`Postgres did not start: ${why}\n${this.#tail.last()}`));
      const late = setTimeout(() => fail(`not ready after ${START_MS / 1000} s`), START_MS);
      child.on("error", (error) => fail(error.message));
      child.on("exit", (code, signal) => fail(signal ?? `exit ${code}`));
      child.once("spawn", () => onSpawn?.(child));
      this.#tail.follow(child.stderr);
      child.stderr.on("data", (text) => {
        if (!text.includes("ready to accept connections")) return;
        clearTimeout(late);
        resolve();
      });
    });
  }

  #spawnOptions() {
    return { cwd: this.#runDir, env: environment, ...spawnAs };
  }

  async createDatabase() {
    await this.query(`CREATE DATABASE ${DATABASE}`, "postgres");
  }

  async query(sql, database) {
    const { default: pg } = await import("pg");
    const client = new pg.Client({ connectionString: this.url(database) });
    await client.connect();
    try {
      return await client.query(sql);
    } finally {
      await client.end();
    }
  }

  // stop sends SIGINT, with which Postgres ends its sessions and leaves clean files.
  async stop() {
    await stopChild(this.#child, "SIGINT", 10_000);
  }
}

export function newPassword() {
  return randomBytes(12).toString("hex");
}
