namespace Tieline.Platform.Batch;

/// <summary>What is true of Platform's own rows.</summary>
internal static class PlatformReferences
{
    public static readonly ReferenceRule[] Rules =
    [
        new(101, "FILE-CONTENT", "A file has as many bytes as it says.", "file", "r.length <> coalesce((select sum(length(c.bytes)) from file_chunk c where c.file_id = r.id), 0)", "'file:' || r.id"),
        new(102, "SCHEDULE-CONTROL", "A schedule belongs to a batch that there is.", "batch_schedule", "not exists (select 1 from batch_control c where c.code = r.code)", "'batch_schedule:' || r.id"),
        new(103, "SCHEDULE-TIMER", "A schedule that is to run has a timer that waits for its time.", "batch_schedule",
            $"r.active and r.next_at is not null and not exists (select 1 from job j where j.kind = '{FireSchedule.Kind}' and j.unique_key like r.id || ' %' and j.state in ('Waiting', 'Running'))",
            "'batch_schedule:' || r.id"),
        new(104, "FIRE-RUN", "What a schedule began is a run that there is.", "batch_fire", "r.run_id is not null and not exists (select 1 from batch_run b where b.id = r.run_id)", "'batch_schedule:' || r.schedule_id"),
        new(105, "RUN-WHOLE", "A completed run has no part that is not done.", "batch_run",
            "r.state in ('Completed', 'CompletedWithErrors') and exists (select 1 from batch_chunk c where c.run_id = r.id and c.state <> 'Done')", "'batch_run:' || r.id"),
        new(106, "RUN-ERRORS", "A run has put aside as many records as its parts count.", "batch_run",
            "coalesce((select sum(c.errors) from batch_chunk c where c.run_id = r.id), 0) <> (select count(*) from batch_error e where e.run_id = r.id and e.retried_at is null)", "'batch_run:' || r.id"),
        new(107, "RULE-VERSION", "A rule of the administrators has the version that it says.", "rule", "not exists (select 1 from rule_version v where v.rule_id = r.id and v.number = r.says)", "'rule:' || r.id"),
    ];
}
