namespace Tieline.Platform.Demo;

/// <summary>One entry of a contact's log; <c>At</c> is UTC.</summary>
public sealed record DemoLogEntry(DateTime At, long EmployeeIndex, string Text);

/// <summary>A promise to follow up.</summary>
/// <param name="DueOn">The day in the utility's time zone.</param>
/// <param name="From">With <paramref name="To"/>, the window in local time; null for any time of the day.</param>
/// <param name="Role">A To Do role, or empty where it is promised for the employee.</param>
/// <param name="EmployeeIndex">Who promised; who is to do it, where <paramref name="Role"/> is empty.</param>
/// <param name="ResolvedAt">UTC; null while the promise is open.</param>
public sealed record DemoReminder(
    DateOnly DueOn, TimeOnly? From, TimeOnly? To, string Role, long EmployeeIndex, string Text, DateTime? ResolvedAt, string Resolution);

/// <summary>A contact that obeys the rules of its type.</summary>
/// <param name="PersonIndex">-1 where nobody is known.</param>
/// <param name="WithAccount">Whether it is about the person's account.</param>
/// <param name="PremiseIndex">-1 where it is about no place.</param>
/// <param name="Channel">phone, counter, web, email, letter, fax, text, voicemail, social, internal.</param>
/// <param name="At">UTC; <paramref name="LocalAt"/> is the same instant in the utility's time zone.</param>
/// <param name="Entries">One to three log entries, oldest first.</param>
/// <param name="ClosedAt">UTC; null while the contact is open.</param>
public sealed record DemoContact(
    long Index, DemoContactType Type, long PersonIndex, bool WithAccount, long PremiseIndex, string Channel, bool Outbound,
    DateTime At, DateTime LocalAt, long EmployeeIndex, DemoLogEntry[] Entries, DemoReminder? Reminder, DateTime? ClosedAt);
