// Returns the text for a person who started the backend by hand.
export function summary(info) {
  const logins = info.customers.map(({ email, password, note }) => `  ${email.padEnd(32)} ${password.padEnd(20)} ${note ?? ""}`.trimEnd());
  return `
Medusa           ${info.url}
database         ${info.databaseUrl}
control          ${info.controlUrl}   (password tokens, restart)
publishable key  ${info.publishableKey}
admin            ${info.admin.email} ${info.admin.password}   (x-medusa-access-token: ${info.admin.apiToken})
customers
${logins.join("\n")}

Ctrl-C stops everything.`;
}
