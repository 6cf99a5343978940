/** What an API key, access token or session may do. */
export type Scope = "read" | "write" | "delete" | "admin";

/** A moment: RFC 3339, UTC. */
export type Moment = string;

/** Where in a list an answer is. */
export interface Pagination {
  /** From 1. */
  page: number;
  /** The most items an answer has. */
  limit: number;
  /** How many items there are on all pages. */
  total: number;
  /** 0 when there is nothing. */
  totalPages: number;
  /** Whether another page follows. */
  hasMore: boolean;
}

/** What was deleted. */
export interface Deleted {
  /** Its id; for a file its path, for a session null. */
  id: string | null;
  deleted: boolean;
}

/** Which part of a list is asked for, and in which order. */
export interface ListParams<Sort extends string> {
  /** From 1, which is the default. */
  page?: number | undefined;
  /** Items a page, at most 100; default 20. */
  limit?: number | undefined;
  /** Default `createdAt`, or the moment the list is about. */
  sort?: Sort | undefined;
  /** Default `desc`. */
  order?: "asc" | "desc" | undefined;
}
