import { Mark } from "../../ui/bits.tsx";
import { STATUS, type Status } from "./data.ts";

export function OrderMark({ status }: { status: Status }) {
  const { label, tone } = STATUS[status];
  return <Mark tone={tone}>{label}</Mark>;
}
