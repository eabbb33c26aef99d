using Tieline.Platform;
using Tieline.Platform.Uses;

namespace Tieline.Customers;

/// <summary>What a guided flow leaves to the back office.</summary>
/// <param name="Cause">The flow: <c>guided_flow:...</c>; there is one piece of work for it at most.</param>
/// <param name="Subject">In one line, without contact data.</param>
public sealed record FlowWork(RecordRef Cause, string Subject, long PersonId);

/// <summary>The room of the To Dos makes work of what a guided flow leaves to the back office; called in the transaction of the flow.</summary>
public interface IFlowWork
{
    /// <returns>Who got it, in words: "Estates".</returns>
    Task<Outcome<string>> Give(FlowWork work, CancellationToken ct);

    /// <summary>There is more to say of it, if nobody has done it yet.</summary>
    Task Reword(RecordRef cause, string subject, CancellationToken ct);

    /// <summary>The flow was a mistake: open work of it is complete.</summary>
    Task TakeBack(RecordRef cause, string because, CancellationToken ct);
}
