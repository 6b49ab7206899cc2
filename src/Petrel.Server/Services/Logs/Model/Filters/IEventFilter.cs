namespace Petrel.Server.Services.Logs.Model.Filters;

/// <summary>Decides by its message whether an event is wanted.</summary>
internal interface IEventFilter
{
    bool Matches(ReadOnlySpan<byte> message);
}
