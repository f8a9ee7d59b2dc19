import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { useI18n } from "../i18n/index.tsx";
import { Icon } from "./Icon.tsx";

/** A page with its title, which is the window's as well, and the way back. */
export function Page({
  title,
  back,
  aside,
  narrow = false,
  children,
}: {
  title: string;
  back?: string;
  aside?: ReactNode;
  narrow?: boolean;
  children: ReactNode;
}) {
  const { t } = useI18n();
  useEffect(() => {
    document.title = `${title} · Kirana`;
  }, [title]);
  return (
    <div className={narrow ? "page narrow" : "page"}>
      <div className="page-head">
        {back && (
          <Link to={back} className="icon-button" aria-label={t("app.back")}>
            <Icon name="back" flip />
          </Link>
        )}
        <h1>{title}</h1>
        {aside}
      </div>
      {children}
    </div>
  );
}
