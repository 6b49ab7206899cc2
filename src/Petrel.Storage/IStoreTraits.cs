namespace Petrel.Storage;

/// <summary>What the layers above may rely on beyond <see cref="IStore"/>; decorators pass on what the engine says.</summary>
internal interface IStoreTraits
{
    /// <summary>Write functions run one after another, each seeing all before it, and nobody else writes.</summary>
    bool RunsWritesInOrder { get; }

    /// <summary>The engine itself, below all decorators: what is remembered about its data belongs to it.</summary>
    object Engine { get; }
}
