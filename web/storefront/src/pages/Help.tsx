import { useI18n } from "../i18n/index.tsx";
import { Page } from "../ui/Page.tsx";

const QUESTIONS = [1, 2, 3, 4, 5, 6] as const;

export function HelpPage() {
  const { t } = useI18n();
  return (
    <Page title={t("help.title")} narrow>
      <div className="panel faq">
        {QUESTIONS.map((n) => (
          <details key={n} name="help">
            <summary>{t(`help.q${n}`)}</summary>
            <p>{t(`help.a${n}`)}</p>
          </details>
        ))}
      </div>
    </Page>
  );
}
