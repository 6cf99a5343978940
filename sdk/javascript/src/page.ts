/** Lists: the first page at once, the others when they are asked for. */

import type { Answer, Transport } from "./transport.js";
import type { CallOptions } from "./settings.js";
import type { Pagination } from "./types/answers.js";

type Fetched<T> = Required<Answer<T[]>>;
type FetchPage<T> = (page: number | undefined) => Promise<Fetched<T>>;

/** How each page gets the pages after it. */
const fetchers = new WeakMap<object, FetchPage<unknown>>();

/**
 * One page of a list: an array of its items. `for await` goes on through the pages after it, each fetched
 * when it is needed; `map`, `filter` and the like are about this page and make plain arrays.
 *
 * A list may change while it is read. Collect what you are about to delete before you delete it.
 */
export class Page<T> extends Array<T> implements AsyncIterable<T> {
  /** How many items there are on all pages. */
  declare readonly total: number;
  /** Where in the list this page is. */
  declare readonly pagination: Pagination;

  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** This page's items, then those of all pages after it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    yield* this.values();
    const fetchPage = fetchers.get(this) as FetchPage<T> | undefined;
    let { page } = this.pagination;
    let hasMore = this.pagination.hasMore && this.length > 0; // a page without items is the last, whatever it says
    while (fetchPage && hasMore) {
      const next = await fetchPage(page + 1);
      yield* next.data;
      page += 1;
      hasMore = next.pagination.hasMore && next.data.length > 0; // else it could go on for ever
    }
  }
}

function makePage<T>({ data, pagination }: Fetched<T>, fetchPage: FetchPage<T>): Page<T> {
  const page = new Page<T>();
  for (const item of data) page.push(item); // as arguments, too many of them are a RangeError
  Object.defineProperties(page, { total: { value: pagination.total }, pagination: { value: pagination } });
  fetchers.set(page, fetchPage);
  return page;
}

/** A page that is on its way. `for await` over it goes through all pages. */
export class PagePromise<T> extends Promise<Page<T>> implements AsyncIterable<T> {
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** The items of all pages from this one on. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    yield* await this;
  }
}

/** Fetch a list; `path` is called when the call is made, so that what it throws rejects the promise. */
export function list<T>(
  transport: Transport,
  path: () => string,
  params: object,
  options: CallOptions | undefined,
): PagePromise<T> {
  const query = { ...params } as Record<string, string | number | undefined>;
  const fetchPage = async (page: number | undefined): Promise<Fetched<T>> =>
    transport.listing<T>({ method: "GET", path: path(), query: { ...query, page } }, options);
  return new PagePromise<T>((resolve, reject) => {
    fetchPage(query["page"] as number | undefined)
      .then((first) => makePage(first, fetchPage))
      .then(resolve, reject);
  });
}
