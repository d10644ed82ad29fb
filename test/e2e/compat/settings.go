package compat

// A Setting is what shops change of Medusa 1.20.11, or put before it. A test in test/e2e/settings tries it.
type Setting struct {
	Name string
	Text string // what a user of the client sees
	// InCI reports whether CI tries it here. Otherwise it tries another test of test/e2e, and make compat tries this.
	InCI bool
}

// The settings.
const (
	SettingRedis          = "Redis sessions: `redis_url`"
	SettingSessionOptions = "`session_options`: `name`, `secret`, `ttl`, `rolling`, `resave`, `saveUninitialized`"
	SettingFeaturesOn     = "feature flags on"
	SettingFeaturesOff    = "feature flags off"
	SettingTLS            = "production behind a proxy that ends TLS"
	SettingPrefix         = "a path prefix"
	SettingExtended       = "an extended entity"
	SettingPlugin         = "a plugin that replaces `/store/customers/me`"
)

// Settings are the rows of the table of settings.
var Settings = []Setting{
	{SettingPrefix, "The base URL has the prefix, and `Client.Do` sends to what is below it only. The cookie's path may be the root, the prefix or a part of it; for another one the login is `ErrNoSessionCookie` and names `WithPublicURL`. A redirect is not followed: the error names the base URL to set.", true},
	{SettingRedis, "Sessions outlive a restart of the backend, stored copies too. A logout ends them there for every copy, and so does deleting them in Redis: `ErrSessionEnded`, until the next login. While Redis is down, calls are `ErrUnavailable` or `ErrInternal`, and the login stays.", true},
	{SettingSessionOptions, "`name` needs `WithSessionCookieName`: a login without it is `ErrNoSessionCookie` and names both. `Session.Expires` follows `ttl` and, with every response, `rolling`. A `secret` before the old one keeps the sessions; instead of the old one it ends them: `ErrSessionEnded`. Without `saveUninitialized` only a login sets a cookie.", true},
	{SettingFeaturesOn, "`tax_inclusive_pricing`, `product_categories`, `many_to_many_inventory` and those that are on by default. Lines, shipping methods and regions of orders have `IncludesTax`, which is nil otherwise; `Expand` brings more.", false},
	{SettingFeaturesOff, "These, and `sales_channels`, `publishable_api_keys`, `order_editing` and `analytics`. Orders have no `SalesChannelID`; naming it in `Fields` is `ErrInternal`, and the message says that the name may be unknown.", true},
	{SettingTLS, "`NODE_ENV=production`. Over https with the proxy's authority in the client of `WithHTTPClient`, or over http inside a cluster by `WithTLSTerminated`, which the error names without it. A proxy that sends no `X-Forwarded-Proto: https` costs the cookie: the login is `ErrNoSessionCookie` and says so.", true},
	{SettingExtended, "Properties of the shop's own are in `Response.Body`, and sent by `WithProperty`: [extending.md](extending.md).", false},
	{SettingPlugin, "Additional properties are in `Response.Body`. A property that is missing, null or of another type, a list of addresses that is missing, and another shape are `ErrUnexpectedResponse` with the path, and `Response.Body` has what came if it is JSON; a page or no content is the same error. 404 and 500 are those of any route. `Client.Do` calls the plugin's other routes. None of it ends the login.", true},
}
