// The supervisor's own HTTP server, for things that a test can't do over Medusa's API or in SQL.
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const LONGEST_WAIT_MS = 20_000;

export class Control {
  #instance;
  #settings;
  #server;
  #restarting = Promise.resolve();

  constructor(instance, settings) {
    this.#instance = instance;
    this.#settings = settings;
  }

  async listen() {
    this.#server = http.createServer((request, response) => {
      this.#respond(request).then(
        ([status, body]) => send(response, status, body),
        (error) => send(response, 500, { error: error.message }),
      );
    });
    await new Promise((resolve, reject) => this.#server.once("error", reject).listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  async #respond(request) {
    const { pathname, searchParams } = new URL(request.url, "http://control");
    switch (`${request.method} ${pathname}`) {
      case "GET /password-tokens":
        return [200, await this.#tokens(searchParams.get("email"), searchParams.get("more-than"))];
      case "GET /log":
        return [200, { log: this.#instance.medusa.log(Number(searchParams.get("lines") ?? 100)) }];
      case "POST /restart":
        return [200, await this.#restart(await readJson(request))];
      default:
        return [404, { error: "GET /password-tokens?email=…&more-than=N, GET /log?lines=N, POST /restart" }];
    }
  }

  // Medusa stores its events in the database and sends them every few seconds, so a caller can wait until there are more
  // tokens than it knows.
  async #tokens(email, known) {
    const given = () => this.#instance.passwordTokens.filter((token) => token.email === email);
    for (const start = Date.now(); known !== null && Date.now() - start < LONGEST_WAIT_MS; await sleep(50)) {
      if (given().length > Number(known)) break;
    }
    return given();
  }

  // Restarts on the same database and port, with the settings of the start and the request's changes, one restart after the
  // other.
  #restart(changes) {
    const medusa = this.#instance.medusa;
    this.#restarting = this.#restarting
      .catch(() => {})
      .then(async () => {
        await medusa.stop();
        await medusa.start({ ...this.#settings, ...changes });
        return { url: medusa.url };
      });
    return this.#restarting;
  }

  close() {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }
}

async function readJson(request) {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text ? JSON.parse(text) : {};
}

function send(response, status, body) {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(body));
}
