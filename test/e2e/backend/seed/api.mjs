// A small HTTP client for Medusa's own API. The seed uses only it, but for sql.mjs.
export class Api {
  #base;
  #headers;

  constructor(base, headers = {}) {
    this.#base = base;
    this.#headers = headers;
  }

  get = (path) => this.#send("GET", path);
  post = (path, body = {}) => this.#send("POST", path, body);
  delete = (path) => this.#send("DELETE", path);

  // Logs a customer in, or a user of the admin, and returns a client that acts for them.
  async login(email, password, path = "/store/auth") {
    const response = await this.#fetch("POST", path, { email, password });
    const cookie = response.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
    return new Api(this.#base, { ...this.#headers, cookie });
  }

  async #send(method, path, body) {
    const response = await this.#fetch(method, path, body);
    return response.json();
  }

  async #fetch(method, path, body) {
    const headers = { ...this.#headers };
    if (body) headers["Content-Type"] = "application/json";
    const response = await fetch(this.#base + path, { method, headers, body: body && JSON.stringify(body) });
    if (!response.ok) {
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}\nsent: ${JSON.stringify(body)}`);
    }
    return response;
  }
}
