// The API of Allclear with types: addresses, bodies and answers as openapi/openapi.yaml describes them.

import createClient, { type Client } from "openapi-fetch";
import type { paths } from "./schema.js";

export type { components, operations, paths } from "./schema.js";
export type Allclear = Client<paths>;

// `authorization` is "Bearer …" of a service account or "Token …" of a person; `onBehalfOf` somebody's staff number.
export function allclear(address: string, authorization?: string, onBehalfOf?: string): Allclear {
  const headers: Record<string, string> = {};
  if (authorization !== undefined) headers["Authorization"] = authorization;
  if (onBehalfOf !== undefined) headers["On-Behalf-Of"] = encodeURIComponent(onBehalfOf);
  return createClient<paths>({ baseUrl: address, headers });
}
