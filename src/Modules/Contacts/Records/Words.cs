using Tieline.Platform.Ui;

namespace Tieline.Contacts.Records;

/// <summary>Names of channels and kinds as people read them.</summary>
internal static class Words
{
    public static string Of(Channel channel) => channel switch
    {
        Channel.Email => "E-mail",
        Channel.Social => "Social media",
        _ => channel.ToString(),
    };

    public static string OfChannel(string channel) => Enum.TryParse<Channel>(channel, out var known) ? Of(known) : channel;

    public static string Icon(string channel, string direction) => channel switch
    {
        "Phone" => direction == "Outbound" ? "phone-outgoing" : "phone-incoming",
        "Counter" => "user",
        "Web" => "world",
        "Email" => "at",
        "Letter" => "mail",
        "Fax" => "printer",
        "Text" => "device-mobile",
        "Voicemail" => "microphone",
        "Social" => "message-circle",
        "Chat" => "message-2",
        _ => "building",
    };

    public static (string Title, string Icon, Tone Tone) OfLog(string kind) => kind switch
    {
        "Reminder" => ("Promised", "calendar-due", Tone.Accent),
        "Resolution" => ("Promise kept", "check", Tone.Good),
        "Rescheduled" => ("Promise moved", "calendar", Tone.Warning),
        "Withdrawn" => ("Promise withdrawn", "x", Tone.Warning),
        "Correction" => ("Corrected", "pencil", Tone.Warning),
        "CorrectedText" => ("Corrected text", "pencil", Tone.Neutral),
        "Attached" => ("Attached", "link", Tone.Info),
        "Moved" => ("Moved here", "switch-horizontal", Tone.Warning),
        "Closed" => ("Closed", "circle-check", Tone.Good),
        "Reopened" => ("Opened again", "refresh", Tone.Accent),
        _ => ("Said", "message", Tone.Neutral),
    };

    public static (string Text, Tone Tone) OfReminder(string state) => state switch
    {
        "Due" => ("Due", Tone.Warning),
        "Resolved" => ("Kept", Tone.Good),
        "Withdrawn" => ("Withdrawn", Tone.Neutral),
        _ => ("Waiting", Tone.Accent),
    };
}
