import fs from "node:fs/promises";
import { postgresBin } from "./binaries.mjs";
import { Guard } from "./guard.mjs";
import { Medusa } from "./medusa.mjs";
import { Postgres } from "./postgres.mjs";
import { makeRunDir } from "./unprivileged.mjs";

// One Postgres and one Medusa in a directory of their own, which stop removes.
export class Instance {
  #runDir;
  #guard;
  postgres;
  medusa;
  passwordTokens = [];

  static async open(options) {
    const instance = new Instance();
    instance.#runDir = await makeRunDir();
    instance.#guard = new Guard(instance.#runDir);
    instance.postgres = new Postgres({ bin: await postgresBin(instance.#runDir), runDir: instance.#runDir, ...options });
    return instance;
  }

  async startPostgres() {
    await this.postgres.start(this.#guard.watch);
  }

  useMedusa({ port, onCrash } = {}) {
    this.medusa = new Medusa({
      runDir: this.#runDir,
      databaseUrl: this.postgres.url(),
      port,
      onToken: (token) => this.passwordTokens.push(token),
      onSpawn: this.#guard.watch,
      onCrash,
    });
    return this.medusa;
  }

  async stop() {
    await this.medusa?.stop();
    await this.postgres?.stop();
    await fs.rm(this.#runDir, { recursive: true, force: true, maxRetries: 5 });
    this.#guard.dismiss();
  }
}
