/** Content-Security-Policy of every page that is written: styles and fonts inside the file, nothing else. */
export const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; base-uri 'none'; form-action 'none'";
