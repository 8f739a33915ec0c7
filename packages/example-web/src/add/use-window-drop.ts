import { useEffect, useState } from 'react'

/** Takes files that are dropped anywhere. True while some are held over the page. */
export function useWindowDrop(onDrop: (transfer: DataTransfer) => void): boolean {
  const [dragging, setDragging] = useState(false)
  useEffect(() => {
    const listening = new AbortController()
    const on = (type: 'dragover' | 'dragleave' | 'drop', act: (event: DragEvent) => void): void => {
      const ofFiles = (event: DragEvent): void => {
        if (event.dataTransfer?.types.includes('Files')) act(event)
      }
      window.addEventListener(type, ofFiles, { signal: listening.signal })
    }
    on('dragover', (event) => {
      event.preventDefault()
      setDragging(true)
    })
    // Leaving one element for another has a related target; leaving the window has none.
    on('dragleave', (event) => setDragging(event.relatedTarget !== null))
    on('drop', (event) => {
      // Or the browser would show the file instead of the page.
      event.preventDefault()
      setDragging(false)
      if (event.dataTransfer !== null) onDrop(event.dataTransfer)
    })
    return () => listening.abort()
  }, [onDrop])
  return dragging
}
