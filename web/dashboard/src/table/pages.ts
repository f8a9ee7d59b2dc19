//! Lists that grow: read page by page with the server's cursor, never counted, and put into a table.

import { type InfiniteData, keepPreviousData, type QueryKey, type UseInfiniteQueryResult, useInfiniteQuery } from "@tanstack/react-query";
import type { ListPage, PageOf } from "./follow.ts";

interface PagesOptions {
  enabled?: boolean;
  /** Asked again every so many milliseconds. */
  refetchInterval?: number | false;
  /** What was found before stays until something else is. */
  keep?: boolean;
}

/** A list of the server; `page` asks for the part of it that begins at a cursor. */
export function usePages<R>(queryKey: QueryKey, page: PageOf<R>, { keep, ...options }: PagesOptions = {}) {
  const query = useInfiniteQuery({
    queryKey,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => page(pageParam, signal),
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    ...(keep ? { placeholderData: keepPreviousData } : {}),
    ...options,
  });
  return { ...query, page };
}

/** What has been read of it. */
export const rowsOf = <R>(query: { data?: InfiniteData<ListPage<R>> }): R[] | undefined => query.data?.pages.flatMap(({ items }) => items);

/** The way to more of it, for the foot of a table. */
export const moreOf = (query: Pick<UseInfiniteQueryResult, "hasNextPage" | "isFetchingNextPage" | "fetchNextPage">) => ({
  has: query.hasNextPage,
  busy: query.isFetchingNextPage,
  load: () => void query.fetchNextPage(),
});

/** A table's rows, what went wrong with them, the way to more, and to all of them. */
export const listed = <R>(query: UseInfiniteQueryResult<InfiniteData<ListPage<R>>> & { page: PageOf<R> }) => ({
  rows: rowsOf(query),
  error: query.error,
  retry: () => void query.refetch(),
  more: moreOf(query),
  page: query.page,
});
