using Tieline.Platform.Events;

namespace Tieline.Platform.Batch;

/// <summary>A run is over.</summary>
/// <param name="State">Completed, CompletedWithErrors, Failed or Cancelled.</param>
/// <param name="Message">Why it failed, or who cancelled it.</param>
/// <param name="FailureId">Tells this time it failed from others; null when it has not.</param>
/// <param name="Mends">Failures that wait for nobody any more: of earlier runs whose work this one has done; its own, where it was given up.</param>
[EventName("batch.run_ended")]
public sealed record BatchRunEnded(
    long RunId, [Code] string Code, int Number, DateOnly BusinessOn, [Code] string State, string? Message, long Done, long Skipped, long Errors, long? FailureId,
    IReadOnlyList<long> Mends);

/// <summary>A run that had failed goes on.</summary>
[EventName("batch.run_resumed")]
public sealed record BatchRunResumed(long RunId, [Code] string Code, int Number, long FailureId);

/// <summary>A record could not be done; the others went on.</summary>
/// <param name="Found">Nothing failed: the run looks for what is wrong, and this is.</param>
/// <param name="Earlier">Errors of the same record in earlier runs that are not resolved, newest first.</param>
[EventName("batch.record_failed")]
public sealed record BatchRecordFailed(long ErrorId, long RunId, [Code] string Code, int Number, DateOnly BusinessOn, RecordRef About, string Message, bool Found = false, IReadOnlyList<long>? Earlier = null);

/// <summary>Later runs came past records that could not be done before.</summary>
[EventName("batch.errors_resolved")]
public sealed record BatchErrorsResolved(long RunId, [Code] string Code, int Number, IReadOnlyList<long> ErrorIds);

/// <summary>A schedule fired, and no run began.</summary>
/// <param name="Message">Why: another run goes on, the batch is switched off, or nothing ran until its window had passed.</param>
[EventName("batch.fire_refused")]
public sealed record BatchFireRefused(long FireId, long ScheduleId, [Code] string Code, string Name, DateTime FireAt, string Message, DateOnly? BusinessOn = null);

/// <summary>A run has begun, or is over, for what schedules fired and no run began for.</summary>
[EventName("batch.fire_made_good")]
public sealed record BatchFireMadeGood(long RunId, [Code] string Code, int Number, IReadOnlyList<long> FireIds);

/// <summary>A batch does not keep its level of service: told once of each time.</summary>
/// <param name="LateId">Tells this time from others.</param>
/// <param name="Message">Why.</param>
/// <param name="RunId">The run that is late; null when none began.</param>
[EventName("batch.late")]
public sealed record BatchCameLate(long LateId, long ControlId, [Code] string Code, string Message, long? RunId);

/// <summary>What was late is over, cancelled, or not expected any more.</summary>
[EventName("batch.on_time_again")]
public sealed record BatchOnTimeAgain(long LateId, long ControlId, [Code] string Code, string Message);
