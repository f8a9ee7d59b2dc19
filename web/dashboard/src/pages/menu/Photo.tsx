//! A product's photo: chosen, made small on this device, and uploaded.

import { Button, FileButton, Group, Text } from "@mantine/core";
import { IconPhoto } from "@tabler/icons-react";
import { http, type Schemas, take } from "../../api/index.ts";
import { useAction } from "../../ui/action.tsx";
import { ProblemView } from "../../ui/problem.tsx";

/** The longest side, in points: sharp on a telephone, and light. */
const LONGEST = 1200;

/** A picture as it is uploaded: WebP where the browser writes it, else JPEG. */
async function small(file: File): Promise<Blob> {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const written = (type: string) => new Promise<Blob | null>((done) => canvas.toBlob(done, type, 0.82));
  const blob = (await written("image/webp")) ?? (await written("image/jpeg"));
  if (!blob) throw new Error("this browser cannot read that picture");
  return blob;
}

export function PhotoField({ product }: { product: Schemas["MenuProduct"] }) {
  const params = { path: { id: product.id } };
  const stale = [["products"], ["menu"]];
  const put = useAction(
    async (file: File) => {
      const body = await small(file);
      return await take(
        http.PUT("/api/v1/products/{id}/photo", {
          params,
          body: body as never,
          bodySerializer: (picture: unknown) => picture as Blob,
          headers: { "content-type": body.type },
        }),
      );
    },
    { done: "Customers see it within seconds", stale, quiet: true },
  );
  const remove = useAction((_: string) => http.DELETE("/api/v1/products/{id}/photo", { params }), {
    done: "Taken away",
    stale,
    quiet: true,
  });
  const photo = remove.isSuccess ? undefined : (put.data?.photo ?? product.photo ?? undefined);
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>
        Photo
      </Text>
      {(put.error ?? remove.error) && <ProblemView error={put.error ?? remove.error} compact />}
      <Group>
        {photo ? (
          <img src={photo} alt={`${product.name} now`} width={96} height={96} style={{ borderRadius: 10, objectFit: "cover" }} />
        ) : (
          <span className="nophoto">
            <IconPhoto size={26} aria-hidden />
          </span>
        )}
        <div>
          <Group gap={8}>
            <FileButton accept="image/jpeg,image/png,image/webp" onChange={(file) => file && put.mutate(file)}>
              {(props) => (
                <Button variant="default" size="xs" loading={put.isPending} {...props}>
                  {photo ? "Another" : "Choose one"}
                </Button>
              )}
            </FileButton>
            {photo && (
              <Button size="xs" variant="subtle" color="chili" loading={remove.isPending} onClick={() => remove.mutate("")}>
                Take it away
              </Button>
            )}
          </Group>
          <Text size="xs" c="dimmed" mt={4}>
            {photo ? "In every store that has it on its menu." : "Without one it is drawn, by its name."}
          </Text>
        </div>
      </Group>
    </div>
  );
}
