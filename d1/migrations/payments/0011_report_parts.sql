-- Reports of gateways that are too long for one request, part by part as they come. They go when the whole is read, or after a day.
CREATE TABLE ledger_report_parts (
    report TEXT NOT NULL,                    -- `<gateway>/<name>`
    number INTEGER NOT NULL CHECK (number > 0),
    csv TEXT NOT NULL,
    came_at INTEGER NOT NULL,
    PRIMARY KEY (report, number)
) STRICT;
CREATE INDEX ledger_report_parts_by_age ON ledger_report_parts (came_at);
