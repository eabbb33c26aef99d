using Tieline.Platform;
using Tieline.Platform.Security;

namespace Tieline.Operations;

public enum NoticeSeverity { Warning, Critical }

/// <summary>Something needs somebody, whatever the hour.</summary>
/// <param name="Cause">At most one notice ever exists for a cause.</param>
/// <param name="Subject">The record that the notice leads to.</param>
/// <param name="Text">One line, up to 300 characters; cut beyond.</param>
public sealed record NewNotice(RecordRef Cause, RecordRef Subject, string Text, NoticeSeverity Severity = NoticeSeverity.Warning);

/// <param name="Level">1 is called first.</param>
public sealed record OnCallNow(int Level, long EmployeeId, string Employee, DateTime FromAt, DateTime ToAt);

/// <param name="ClosedAt">Null while it is open.</param>
public sealed record OnlineDay(DateOnly On, DateTime? ClosedAt, ActorRef? ClosedBy);

/// <summary>What other rooms may ask and tell those who run the house. Everything joins the caller's transaction; the caller saves.</summary>
public interface IOperations
{
    /// <summary>Tells whoever is on call now, and others when nobody says "I have it" in time; nothing when the cause has a notice already.</summary>
    /// <returns>The notice's key.</returns>
    Task<long> Raise(NewNotice notice, CancellationToken ct);

    /// <summary>The cause has gone away: nobody is called for it any more. Without a notice nothing happens.</summary>
    Task Settle(RecordRef cause, string because, CancellationToken ct);

    /// <summary>Who is on call now, by level; levels without anybody are left out.</summary>
    Task<IReadOnlyList<OnCallNow>> OnCall(CancellationToken ct);

    /// <summary>Whether the on-line day has been closed.</summary>
    Task<OnlineDay> OnlineDay(DateOnly on, CancellationToken ct);
}
