//! A field with its label, its hint, and what is wrong with it: said, not only shown in red.

import { type ComponentProps, type ReactNode, useId } from "react";

type InputProps = ComponentProps<"input"> & { label: string; hint?: string; error?: string | undefined; after?: ReactNode };

export function Field({ label, hint, error, after, className, id: given, ...input }: InputProps) {
  const own = useId();
  const id = given ?? own;
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className={`field ${className ?? ""}`}>
      <label htmlFor={id}>{label}</label>
      <div className="field-row">
        <input id={id} aria-invalid={error ? true : undefined} aria-describedby={described || undefined} {...input} />
        {after}
      </div>
      {hint && !error && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p className="error-text" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

export function Check({ label, ...input }: ComponentProps<"input"> & { label: string }) {
  return (
    <label className="check">
      <input type="checkbox" {...input} />
      <span>{label}</span>
    </label>
  );
}
