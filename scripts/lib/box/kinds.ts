// What a box file chooses by name, and where it is.

/** A folder beside the box file, or one of boxhound's own under provision/, known by its marker file. */
export const kinds = {
  database: { own: 'databases', shared: 'provision/30-database', marker: 'database.yaml' },
  app: { own: 'apps', shared: 'provision/40-app', marker: 'app.yaml' },
  integration: { own: 'integrations', shared: 'provision/50-integrations', marker: 'check.yaml' },
  check: { own: 'checks', shared: 'provision/50-checks', marker: 'check.yaml' },
} as const
