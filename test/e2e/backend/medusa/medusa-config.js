// The configuration of the Medusa project. lib/medusa.mjs sets the environment that it reads.
const env = process.env;

const sessionOptions = {};
if (env.SESSION_NAME) sessionOptions.name = env.SESSION_NAME;
if (env.SESSION_TTL) sessionOptions.ttl = Number(env.SESSION_TTL);
if (env.SESSION_ROLLING) sessionOptions.rolling = env.SESSION_ROLLING === "true";

module.exports = {
  projectConfig: {
    database_type: "postgres",
    database_url: env.DATABASE_URL,
    jwt_secret: env.JWT_SECRET,
    cookie_secret: env.COOKIE_SECRET,
    session_options: sessionOptions,
  },
  modules: {
    eventBus: { resolve: "@medusajs/event-bus-local" },
    cacheService: { resolve: "@medusajs/cache-inmemory", options: { ttl: 0 } },
  },
  plugins: ["medusa-payment-manual", "medusa-fulfillment-manual", "test-support"],
  featureFlags: JSON.parse(env.FEATURE_FLAGS ?? "{}"),
};
