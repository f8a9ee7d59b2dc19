//! A device that will come: it is named, and claims itself with the code that is shown here.

import { Button, Code, CopyButton, Select, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { http, type Schemas, take } from "../../api/index.ts";
import { useScope, useStores } from "../../shell/stores.tsx";
import { useAction } from "../../ui/action.tsx";
import { useNow } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { QrCode } from "../../ui/QrCode.tsx";
import { Modal } from "../../ui/Window.tsx";
import { useDevice } from "./data.ts";
import { KINDS, type Kind } from "./kinds.ts";

export function NewDevice({ store, close }: { store?: string; close: () => void }) {
  const { stores = [] } = useStores();
  const [name, setName] = useState("");
  const [kind, setKind] = useState<Kind>("fridge");
  const [place, setPlace] = useState(store ?? stores[0]?.id ?? "");
  const act = useAction((body: Schemas["NewDevice"]) => take(http.POST("/api/v1/devices", { body })), {
    stale: [["devices"]],
    quiet: true,
  });
  if (act.data) return <ClaimModal device={act.data.device.id} name={act.data.device.name} claim={act.data.claim} close={close} />;
  return (
    <FormModal
      title="Add a device"
      close={close}
      action={act}
      submit="Show its code"
      disabled={!name.trim() || !place}
      onSubmit={() => act.mutate({ name: name.trim(), kind, store_id: place })}
    >
      <TextInput
        label="Name"
        description="What people call it: where it stands, what it is for"
        placeholder="Fridge behind the counter"
        required
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <Select
        label="Kind"
        allowDeselect={false}
        data={(Object.keys(KINDS) as Kind[]).map((value) => ({ value, label: KINDS[value] }))}
        value={kind}
        onChange={(value) => setKind((value ?? "fridge") as Kind)}
      />
      {!store && (
        <Select
          label="Store"
          searchable
          allowDeselect={false}
          data={stores.map((one) => ({ value: one.id, label: one.name }))}
          value={place}
          onChange={(value) => setPlace(value ?? "")}
        />
      )}
    </FormModal>
  );
}

interface ClaimModalProps {
  device: string;
  name: string;
  claim: Schemas["ClaimCode"];
  close: () => void;
}

/** The code on the screen until the device has taken it; then the way to the device. */
export function ClaimModal({ device, name, claim, close }: ClaimModalProps) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const scope = useScope();
  const now = useNow(1000);
  const query = useDevice(device);
  const [before] = useState(query.data?.key_version ?? 0);
  const taken = query.data?.status === "active" && query.data.key_version > before;
  // Somebody stands before a device with a reader in the hand: its answer is waited for by the second.
  useEffect(() => {
    if (taken) return;
    const timer = setInterval(() => void client.invalidateQueries({ queryKey: ["device", device] }), 2000);
    return () => clearInterval(timer);
  }, [client, device, taken]);
  const left = Math.max(0, Math.round((Date.parse(claim.until) - now) / 1000));
  return (
    <Modal opened onClose={close} title={taken ? `${name} is yours` : `Claim ${name}`} closeOnClickOutside={false}>
      {taken ? (
        <Stack>
          <Text size="sm">It has made its key and takes orders from now on.</Text>
          <Button
            onClick={() => {
              close();
              void navigate({ to: `/${scope}/devices/${device}` });
            }}
            data-autofocus
          >
            Look at it
          </Button>
        </Stack>
      ) : left === 0 ? (
        <Text size="sm">The code is good no more. Ask for a new one on the device's page.</Text>
      ) : (
        <Stack align="center">
          <Text size="sm" ta="center">
            Hold the device before this, or type the code into it. It is good once.
          </Text>
          <QrCode text={claim.code} label={`QR code of ${claim.code}`} />
          <Code fz={20} fw={650} data-claim>
            {claim.code}
          </Code>
          <Text size="sm" c="dimmed" className="num">
            for another {Math.floor(left / 60)}:{String(left % 60).padStart(2, "0")}
          </Text>
          <CopyButton value={claim.code}>
            {({ copied, copy }) => (
              <Button variant="default" size="xs" onClick={copy}>
                {copied ? "Copied" : "Copy the code"}
              </Button>
            )}
          </CopyButton>
        </Stack>
      )}
    </Modal>
  );
}
