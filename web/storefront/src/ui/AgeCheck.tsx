import { take } from "@kirana/api";
import { useMutation } from "@tanstack/react-query";
import { http } from "../api.ts";
import { useI18n } from "../i18n/index.tsx";
import { Notice, ProblemNotice } from "./Notice.tsx";
import { Sheet } from "./Sheet.tsx";

/** Has a document looked at. The sandbox's is the only provider there is so far, and says what it is. */
export function AgeCheck({ age, onClose, onPassed }: { age: number; onClose: () => void; onPassed: () => void }) {
  const { t } = useI18n();
  const check = useMutation({
    mutationFn: () =>
      take(http.POST("/api/v1/users/customer/age-verify", { body: { provider: "sandbox", document: "doc_age_20", min_age: age } })),
    onSuccess: (answer) => answer.passed && onPassed(),
  });
  return (
    <Sheet
      small
      title={t("age.title")}
      onClose={onClose}
      footer={
        <button type="button" className="button primary wide" disabled={check.isPending} onClick={() => check.mutate()}>
          {t("age.show")}
        </button>
      }
    >
      <p>{t("age.hint", { age })}</p>
      <Notice tone="warn" icon="warn">
        {t("age.sandbox")}
      </Notice>
      {check.data && !check.data.passed && <p className="error-text">{t("age.failed", { age })}</p>}
      {check.error && <ProblemNotice error={check.error} />}
    </Sheet>
  );
}
