import { fork } from "node:child_process";
import path from "node:path";
import { medusaDir, projectsDir } from "./paths.mjs";
import { stopChild } from "./stopchild.mjs";
import { Tail } from "./tail.mjs";
import { withoutTelemetry } from "./telemetry.mjs";

export const JWT_SECRET = "customers-go-jwt-secret";
export const COOKIE_SECRET = "customers-go-cookie-secret";

const OPTIONAL_FEATURES = { tax_inclusive_pricing: true, product_categories: true };

// projectOf returns the name of the project in projects/ to start, or nothing for the stock one, whose configuration
// can't be changed.
const projectOf = ({ project, config } = {}) => project ?? (config && "configured");

const START_MS = 240_000;

// One Medusa server process, which can be started again on its port.
export class Medusa {
  #child;
  #tail;
  #databaseUrl;
  #quiet;
  port;

  // onToken is called with each password token that Medusa issues.
  constructor({ runDir, databaseUrl, port = 0, onToken, onSpawn, onCrash }) {
    this.#databaseUrl = databaseUrl;
    this.#quiet = withoutTelemetry(runDir);
    this.#tail = new Tail(path.join(runDir, "medusa.log"));
    this.port = port;
    this.onToken = onToken;
    this.onSpawn = onSpawn;
    this.onCrash = onCrash;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  log(lines) {
    return this.#tail.last(lines);
  }

  async migrate(settings) {
    const child = this.#fork("migrate.js", settings, this.#environment(settings));
    const code = await new Promise((resolve) => child.once("exit", resolve));
    if (code !== 0) throw new Error(`the migrations failed\n${this.log()}`);
  }

  // start starts the server and, if admin is given, makes that account before it listens.
  async start(settings, { admin } = {}) {
    if (projectOf(settings) === "extended") await this.migrate(settings); // its columns
    const env = this.#environment(settings);
    if (admin) env.CREATE_ADMIN = JSON.stringify(admin);
    const child = this.#fork("server.js", settings, env);
    return new Promise((resolve, reject) => {
      let ready = false;
      const fail = (why) => reject(new Error(`Medusa did not start: ${why}\n--- the end of its log:\n${this.log()}`));
      const late = setTimeout(() => fail(`not ready after ${START_MS / 1000} s`), START_MS);
      child.on("message", ({ ready: port, passwordToken }) => {
        if (passwordToken) this.onToken?.(passwordToken);
        if (port === undefined) return;
        clearTimeout(late);
        ready = true;
        this.port = port;
        resolve();
      });
      child.on("error", (error) => fail(error.message));
      // After "close" all of the log has been read; after "exit" it may not.
      child.on("close", (code, signal) => {
        clearTimeout(late);
        const why = signal ?? `exit ${code}`;
        if (!ready) fail(why);
        else if (child === this.#child) this.onCrash?.(why);
      });
    });
  }

  #fork(script, settings, env) {
    const child = fork(path.join(projectOf(settings) ? projectsDir : medusaDir, script), [], { cwd: medusaDir, env, detached: true, stdio: ["ignore", "pipe", "pipe", "ipc"] });
    this.#child = child;
    this.#tail.follow(child.stdout);
    this.#tail.follow(child.stderr);
    child.once("spawn", () => this.onSpawn?.(child));
    return child;
  }

  // The environment has only these variables, so that a setting of the caller's shell changes nothing.
  #environment(settings = {}) {
    const { nodeEnv = "development", sessionName, sessionTtl, sessionRolling, optionalFeatures, config } = settings;
    const project = projectOf(settings);
    const env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TZ: "UTC",
      ...this.#quiet,
      NODE_ENV: nodeEnv,
      PORT: String(this.port),
      DATABASE_URL: this.#databaseUrl,
      JWT_SECRET,
      COOKIE_SECRET,
      FEATURE_FLAGS: JSON.stringify(optionalFeatures ? OPTIONAL_FEATURES : {}),
    };
    if (sessionName) env.SESSION_NAME = sessionName;
    if (sessionTtl) env.SESSION_TTL = String(sessionTtl);
    if (sessionRolling) env.SESSION_ROLLING = "true";
    if (project) env.PROJECT = project;
    if (config) env.CONFIG = config;
    return env;
  }

  async stop() {
    const child = this.#child;
    this.#child = undefined;
    await stopChild(child, "SIGTERM", 5_000);
  }
}
